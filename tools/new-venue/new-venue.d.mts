/**
 * Makes a plugin and its service in a workspace, and registers them; throws for a name that cannot be used. Returns the
 * files that were written or changed.
 */
export function newVenue(root: string, name: string, title: string): string[];
