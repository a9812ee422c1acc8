import { fail } from "./filter-errors.js";

/** The packages as far as they are used here; an installation may lack them. */
export type FilterSdk = Pick<
  typeof import("@ims/filter-sdk"),
  "buildFilter" | "newProject" | "SAMPLE_RECORDS"
>;
export type WasmRuntime = typeof import("@ims/wasm-runtime");
export type FilterInstance = InstanceType<WasmRuntime["FilterInstance"]>;
export type FilterDescription = FilterInstance["description"];

/** How the commands get them, so that tests can stand in for an installation. */
export interface FilterPackages {
  readonly sdk: () => Promise<FilterSdk>;
  readonly runtime: () => Promise<WasmRuntime>;
}

export const INSTALLED_PACKAGES: FilterPackages = {
  sdk: () => import("@ims/filter-sdk"),
  runtime: () => import("@ims/wasm-runtime"),
};

/** @throws ImsError (rejected) `filter.no-package` naming the package that is missing */
export async function load<Package>(name: string, from: () => Promise<Package>): Promise<Package> {
  try {
    return await from();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw fail("filter.no-package", `${name} is not installed`, { cause: error, context: { name } });
  }
}
