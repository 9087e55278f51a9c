export { callExamples, type ExampleCall } from "./examples.ts";
export { type Mock, startMock, startProxy } from "./mock.ts";
