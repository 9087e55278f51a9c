/** The names that the model gives to ids of the real world: each name is one id, and each id one name. */
export class Ids {
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, string>();

  /** Whether the id has this name. Who has none yet gets it. */
  name(id: string, name: string): boolean {
    if (!this.#names.has(id) && !this.#ids.has(name)) {
      this.#names.set(id, name);
      this.#ids.set(name, id);
    }
    return this.#names.get(id) === name;
  }

  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }
}
