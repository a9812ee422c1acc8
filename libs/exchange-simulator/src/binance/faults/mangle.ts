/** Breaks a message off in the middle. */
export function breakOff(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.max(1, bytes.length >> 1));
}

/** Puts a key that nobody knows first into the payload; where it is an array, into its first entry. */
export function withExtraField(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString();
  const at = payloadStart(text);
  if (at < 0) return bytes;
  const rest = text.slice(at + 1);
  const comma = rest.trimStart().startsWith("}") ? "" : ",";
  return Buffer.from(`${text.slice(0, at + 1)}"zz":{"new":[1,"two"]}${comma}${rest}`);
}

/** Turns the order of the payload's keys round; values stay byte for byte as they are. */
export function withReorderedKeys(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString();
  const at = payloadStart(text);
  const end = at < 0 ? -1 : closingBrace(text, at);
  if (end < 0) return bytes;
  const members = splitMembers(text.slice(at + 1, end));
  return Buffer.from(`${text.slice(0, at + 1)}${members.reverse().join(",")}${text.slice(end)}`);
}

/** Index of the brace that begins the payload, inside the combined wrapper if there is one. */
function payloadStart(text: string): number {
  if (!text.startsWith(`{"stream":`)) return text.indexOf("{");
  const data = text.indexOf(`,"data":`);
  return data < 0 ? -1 : text.indexOf("{", data);
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (char === `"` && text[at - 1] !== "\\") quoted = !quoted;
    if (quoted) continue;
    if (char === "{" || char === "[") depth++;
    else if ((char === "}" || char === "]") && --depth === 0) return at;
  }
  return -1;
}

function splitMembers(text: string): string[] {
  const members: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === `"` && text[at - 1] !== "\\") quoted = !quoted;
    if (quoted) continue;
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    else if (char === "," && depth === 0) {
      members.push(text.slice(from, at));
      from = at + 1;
    }
  }
  members.push(text.slice(from));
  return members;
}
