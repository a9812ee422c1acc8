/** What a change names. @throws RangeError when the catalog does not have it */
export function known<Entry>(entry: Entry | undefined, change: { readonly type: string }): Entry {
  if (entry === undefined) throw new RangeError(`a metadata change ${change.type} names nothing that exists`);
  return entry;
}
