/** What generated code imports. */
export * from "./data.js";
export * from "./failures.js";
export * from "./json.js";
export * from "./octets.js";
export * from "./text-reader.js";
export * from "./text-writer.js";
