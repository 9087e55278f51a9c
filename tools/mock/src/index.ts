export { callExamples, type ExampleCall } from "./examples.ts";
export { type Mock, startMock } from "./mock.ts";
