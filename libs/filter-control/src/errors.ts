import { type ErrorTable, errorFactory } from "@ims/common";

/** What storing modules and commanding filters can report. */
export const FILTER_ERRORS = {
  "filter.bad-record": {
    summary: "A record of the filters' topics cannot be read.",
    action: "Look who else writes to the stream `filters`; a record of a newer format needs a newer program.",
    retryable: false,
  },
  "filter.bad-command": {
    summary: "A command to filters has a part that is missing or outside of its range.",
    action: "Correct the part that the message names; nothing was sent.",
    retryable: false,
  },
  "filter.bad-module": {
    summary: "The stored pieces of a module do not add up to it.",
    action: "Deploy the module again; if it comes back, look who else writes to the stream `filters`.",
    retryable: false,
  },
  "filter.module-missing": {
    summary: "No stored module has this SHA-256.",
    action: "Deploy the module again from its file.",
    retryable: true,
  },
  "filter.refused": {
    summary: "A command cannot be followed as the filters stand.",
    action: "See `ims filter list` for the names, streams and versions that there are.",
    retryable: false,
  },
  "filter.no-answer": {
    summary: "The command is stored, and no filter service answered in time.",
    action:
      "Start one with npx nx run filter-service:serve; it finds the command. See `ims filter list` for what is deployed.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(FILTER_ERRORS);
