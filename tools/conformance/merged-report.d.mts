export function mergedReport(outputs: readonly string[]): {
  readonly lines: readonly string[];
  readonly passed: number;
  readonly failed: number;
};
