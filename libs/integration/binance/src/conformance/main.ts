import { printRecordings } from "@ims/integration-kit/conformance";
import { VENUE_RECORDINGS } from "./run-recordings.js";

process.exitCode = await printRecordings(VENUE_RECORDINGS, process.argv[2]);
