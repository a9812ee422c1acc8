/** Keeps what was read alive, so that no reading is removed as useless. Holds a plain double: adding allocates nothing. */
const kept = new Float64Array(2);

export function keep(value) {
  kept[0] = value;
}

/** What was kept last. */
export function lastKept() {
  return kept[0];
}

/** Carries a sum from one function to the next; as a result it would be an object on the heap. */
export function carry(value) {
  kept[1] = value;
}

export function carried() {
  return kept[1];
}
