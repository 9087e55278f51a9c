/** The work of one handler that is under way, and its end. Reading B14. */
export class Drain {
  /** Whether new calls are refused. */
  hasBegun = false;
  /** How many calls are under way. */
  count = 0;
  readonly #isOver = Promise.withResolvers<void>();

  /** Counts work until it has settled. */
  track<T>(work: Promise<T>): Promise<T> {
    this.count++;
    const leave = (): void => {
      this.count--;
      this.#look();
    };
    work.then(leave, leave);
    return work;
  }

  /** Refuses new calls from now on. Resolves once nothing is under way. */
  begin(): Promise<void> {
    this.hasBegun = true;
    this.#look();
    return this.#isOver.promise;
  }

  #look(): void {
    if (this.hasBegun && this.count === 0) this.#isOver.resolve();
  }
}
