import { type ErrorTable, errorFactory } from "@ims/common";

/** Every error that the simulator itself reports; what it answers as the venue is not among them. */
export const SIMULATOR_ERRORS = {
  "simulator.invalid-option": {
    summary: "An option of the simulator has a value it cannot work with.",
    action: "Correct the option and start the simulator again.",
    retryable: false,
  },
  "simulator.address-in-use": {
    summary: "Another process listens on the simulator's port.",
    action: "Choose another port, or port 0 for any free one.",
    retryable: false,
  },
  "simulator.listen-failed": {
    summary: "The operating system refused the listening socket.",
    action: "Choose another host or port.",
    retryable: false,
  },
  "simulator.recording-unreadable": {
    summary: "A recording is missing, is not gzip, or breaks off.",
    action: "Check the path and fetch the file again.",
    retryable: false,
  },
  "simulator.recording-malformed": {
    summary: "A line of a recording does not have the documented form.",
    action: "Repair the line, or take the file out of the list.",
    retryable: false,
  },
  "simulator.closed-early": {
    summary: "The simulator was closed before its recording was fully sent.",
    action: "Wait for `finished` before closing if every frame is needed.",
    retryable: false,
  },
  "simulator.connection-cut": {
    summary: "A fault cut the connection of a request within the process.",
    action: "Handle it as a connection that was reset; the request may be repeated.",
    retryable: true,
  },
  "simulator.invalid-fault": {
    summary: "A fault script or one of its rules cannot be understood.",
    action: "Correct the named rule; the README of the simulator lists the faults and their fields.",
    retryable: false,
  },
  "simulator.unknown-symbol": {
    summary: "The truth of a symbol was asked that the simulated market does not list.",
    action: "Use one of the simulator's symbols.",
    retryable: false,
  },
} as const satisfies ErrorTable;

export const fail = errorFactory(SIMULATOR_ERRORS);
