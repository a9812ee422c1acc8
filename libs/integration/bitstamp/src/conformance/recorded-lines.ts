export type { RecordedLine } from "@ims/integration-kit/conformance";
