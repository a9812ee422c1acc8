export { type BuildOptions, buildFilter } from "./build-filter.js";
export { FILTER_SDK_ERRORS } from "./errors.js";
export { newProject, SAMPLE_RECORDS, TEMPLATE_ENTRY } from "./new-project.js";
