export { findErrorTables, renderErrorReference } from "./error-tables.mjs";
