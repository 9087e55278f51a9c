// npm run pact:publish and pact:can-i-deploy: talk to the broker that PACT_BROKER_BASE_URL names, and skip without one.
import { canIDeploy, publish } from "./broker.ts";

const commands = { publish, "can-i-deploy": canIDeploy };
const [name = ""] = process.argv.slice(2);
if (!Object.hasOwn(commands, name)) {
  console.error(`pact: command must be one of ${Object.keys(commands).join(", ")}; got "${name}"`);
  process.exitCode = 2;
} else if (!process.env["PACT_BROKER_BASE_URL"]) {
  console.log(`pact:${name}: skipped, PACT_BROKER_BASE_URL is not set`);
} else {
  try {
    const { isGood, text } = await commands[name as keyof typeof commands](process.env);
    console[isGood ? "log" : "error"](`pact:${name}: ${text}`);
    process.exitCode = isGood ? 0 : 1;
  } catch (error) {
    const { message, cause } = error as Error;
    console.error(`pact:${name}: ${[message, (cause as Error | undefined)?.message].filter(Boolean).join(": ")}`);
    process.exitCode = 1;
  }
}
