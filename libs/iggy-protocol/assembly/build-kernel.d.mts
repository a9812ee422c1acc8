/** The text of src/hash/kernel.gen.ts for the present source. */
export declare function kernelModuleText(): Promise<string>;
