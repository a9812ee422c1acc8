// Made by `npm run generate -w @ims/filter-sdk` from the schema; do not edit.

export const SCHEMA_ID: u16 = 1;
export const SCHEMA_VERSION: u16 = 2;
