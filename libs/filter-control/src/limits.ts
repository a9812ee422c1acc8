/** Characters of a filter's name: a lower-case letter, then lower-case letters, digits and dashes. */
export const FILTER_NAME = /^[a-z][a-z0-9-]{0,63}$/;
/** SHA-256 of a module as 64 lower-case hexadecimal digits. */
export const MODULE_HASH = /^[0-9a-f]{64}$/;

/** Filters that may be deployed at once, over all streams. */
export const FILTERS_MAX = 256;
/** Versions of a filter that are kept for a rollback; older ones are forgotten. */
export const VERSIONS_MAX = 16;
/** Parameters of a version. */
export const PARAMETERS_MAX = 32;
/** Characters of a parameter's value. */
export const PARAMETER_LENGTH_MAX = 1024;
/** Octets of a command or event. */
export const RECORD_BYTES_MAX = 65_536;
/** Octets of a module. */
export const MODULE_BYTES_MAX = 8 * 1024 * 1024;
/** Octets of a module that one message carries. */
export const PIECE_BYTES_MAX = 1024 * 1024;
