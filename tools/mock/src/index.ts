export { callExamples, type ExampleCall } from "./examples.ts";
export { documentFile, type Mock, startMock, startProxy } from "./mock.ts";
