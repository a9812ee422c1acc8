export { FILTER_SERVICE_ERRORS } from "./errors.js";
export { filterService } from "./filter-service.js";
export { FILTER_SETTINGS } from "./filter-settings.js";
