/**
 * Source text with comments and template texts blanked out, line for line, so that a pattern over it finds only code.
 * Quoted strings stay: import specifiers are strings.
 *
 * @param {string} source
 * @returns {string}
 */
export function codeOnly(source) {
  const out = [];
  // One entry per open template literal: the number of braces open inside its current `${`.
  const templates = [];
  let at = 0;
  const keep = (end) => {
    out.push(source.slice(at, end));
    at = end;
  };
  const blank = (end) => {
    out.push(source.slice(at, end).replace(/[^\n]/g, " "));
    at = end;
  };
  while (at < source.length) {
    const two = source.slice(at, at + 2);
    const character = source[at];
    if (two === "//") blank(indexOrEnd(source, "\n", at));
    else if (two === "/*") blank(Math.min(indexOrEnd(source, "*/", at + 2) + 2, source.length));
    else if (character === '"' || character === "'") keep(stringEnd(source, at));
    else if (character === "/" && startsRegExp(source, at)) blank(regExpEnd(source, at));
    else if (character === "`") openTemplate(at + 1);
    else if (character === "{" && templates.length > 0) {
      templates[templates.length - 1]++;
      keep(at + 1);
    } else if (character === "}" && templates.length > 0 && templates[templates.length - 1]-- === 0) {
      templates.pop();
      openTemplate(at + 1);
    } else keep(at + 1);
  }
  return out.join("");

  /** Blanks a template's text up to its end, or to the next `${`, whose code is kept. */
  function openTemplate(from) {
    let end = from;
    while (end < source.length && source[end] !== "`" && source.slice(end, end + 2) !== "${") {
      end += source[end] === "\\" ? 2 : 1;
    }
    const opensCode = source[end] === "$";
    if (opensCode) templates.push(0);
    blank(Math.min(end + (opensCode ? 2 : 1), source.length));
  }
}

/** @param {string} source @param {string} text @param {number} from */
function indexOrEnd(source, text, from) {
  const found = source.indexOf(text, from);
  return found < 0 ? source.length : found;
}

/** Position after the closing quote, or the end of the line of an unfinished string. */
function stringEnd(source, start) {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === source[start] || source[at] === "\n") return at + 1;
  }
  return source.length;
}

/** A slash begins a regular expression where no value stands before it. */
function startsRegExp(source, at) {
  const before = source.slice(Math.max(0, at - 40), at).trimEnd();
  if (before === "" || /[(,=:[!&|?{};+\-*%<>~^]$/.test(before)) return true;
  return /\b(?:return|typeof|case|in|of|void|await|yield)$/.test(before);
}

function regExpEnd(source, start) {
  let inClass = false;
  for (let at = start + 1; at < source.length && source[at] !== "\n"; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === "[") inClass = true;
    else if (source[at] === "]") inClass = false;
    else if (source[at] === "/" && !inClass) return at + 1;
  }
  // No regular expression after all: step over the slash alone.
  return start + 1;
}
