/** What generated code imports. */
export * from "./charsets.js";
export * from "./data.js";
export * from "./failures.js";
export * from "./json.js";
export * from "./octets.js";
export * from "./sbe-error.js";
export * from "./short-text.js";
export * from "./text-reader.js";
export * from "./text-writer.js";
export * from "./utf16.js";
export * from "./values.js";
