import type { CliEnvironment } from "../cli-environment.js";
import { type IggyRun, withIggy } from "../iggy/iggy-run.js";
import { type IggyFlags, readIggySettings } from "../iggy/iggy-settings.js";
import { load, type WasmRuntime } from "./filter-packages.js";

/** The package as far as it is used here; an installation may lack it. */
export type FilterControlPackage = typeof import("@ims/filter-control");
export type FilterControl = Awaited<ReturnType<FilterControlPackage["FilterControl"]["open"]>>;
export type FilterEvent = import("@ims/filter-control").FilterEvent;
export type DeployedFilter = import("@ims/filter-control").DeployedFilter;

/** How the commands get what they need, so that tests can stand in for an installation. */
export interface ControlPackages {
  readonly control: () => Promise<FilterControlPackage>;
  readonly runtime: () => Promise<WasmRuntime>;
}

export const INSTALLED_CONTROL: ControlPackages = {
  control: () => import("@ims/filter-control"),
  runtime: () => import("@ims/wasm-runtime"),
};

/** What a command that looks at deployed filters works with. */
export interface ControlRun extends IggyRun {
  readonly control: FilterControl;
  readonly package: FilterControlPackage;
}

/** Runs `work` with the filters of a broker. */
export async function withControl(
  environment: CliEnvironment,
  flags: IggyFlags,
  packages: ControlPackages,
  work: (run: ControlRun) => Promise<void>,
): Promise<void> {
  const loaded = await load("@ims/filter-control", packages.control);
  await withIggy(environment, readIggySettings(flags, environment.env), async (run) => {
    const control = await loaded.FilterControl.open(run.client, { clock: environment.clock });
    await work({ ...run, control, package: loaded });
  });
}
