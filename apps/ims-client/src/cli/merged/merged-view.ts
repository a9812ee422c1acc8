import type { CliOutput } from "../cli-environment.js";
import { sidePaint } from "../output/message-columns.js";
import { Screen } from "../output/screen.js";
import type { SummaryMessage } from "./book-proto-types.js";
import { MergedLadder } from "./merged-printer.js";

/**
 * Draws merged books in one place of a terminal, venues in colour; in a pipe one frame follows the other.
 * @param depth levels of each side
 * @returns takes one state; resolves when more may come, with false when nobody reads any more
 */
export function mergedView(
  output: CliOutput,
  depth: number,
  isColoured: boolean,
): (summary: SummaryMessage) => Promise<boolean> {
  const screen = new Screen(output);
  const ladder = new MergedLadder(depth, sidePaint(isColoured), isColoured);
  return (summary) => screen.show(ladder.lines(summary));
}
