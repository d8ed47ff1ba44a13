/** That a project has a thing of this name already: the same words while it is typed and when it is refused. */
export function sayTaken(what: string, name: string): string {
  return `The project already has ${what} named ${name}.`;
}
