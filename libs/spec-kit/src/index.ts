export * from "./certificates.js";
export * from "./localhost-certificate.js";
export { assertSeeded, RUNS_OF_CHEAPEST, seededMillis, seededRuns, wholeNumber } from "./seeds.js";
