import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { WrongUse } from "./wrong-use.ts";

/** The values of options, as `parseArgs` of `node:util` reads them. */
export type Values<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options }>
>["values"];

/**
 * Reads options and arguments.
 *
 * @throws A {@link WrongUse} when an option is not known, needs a value or takes none, or an argument is not expected.
 */
export function parseOptions<Options extends ParseArgsOptionsConfig>(
  options: Options,
  hasArguments: boolean,
  args: readonly string[],
): { values: Values<Options>; positionals: string[] } {
  // npm and pnpm pass a `--` on. It means something only to a command with arguments.
  const given = hasArguments ? [...args] : args.filter((arg) => arg !== "--");
  // Not strict: Node would word the errors, at length and in its own style.
  const { values, positionals, tokens } = parseArgs({
    args: given,
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "option") checkOption(token, options);
    else if (token.kind === "positional" && !hasArguments) {
      throw new WrongUse(`argument ${JSON.stringify(token.value)} is not expected`);
    }
  }
  return { values: values as Values<Options>, positionals };
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function checkOption({ name, rawName, value, inlineValue }: OptionToken, options: ParseArgsOptionsConfig): void {
  const option = `option ${JSON.stringify(rawName)}`;
  const type = options[name]?.type;
  if (type === undefined) throw new WrongUse(`${option} is not known`);
  if (type === "boolean" && value !== undefined) throw new WrongUse(`${option} takes no value`);
  if (type === "string" && value === undefined) throw new WrongUse(`${option} needs a value`);
  if (type === "string" && !inlineValue && /^-./.test(value ?? "")) {
    throw new WrongUse(`${option} needs a value; write ${rawName}=${value} if ${JSON.stringify(value)} is meant`);
  }
}
