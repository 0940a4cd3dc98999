const BUILT_IN: ReadonlyMap<string, string> = new Map([
  ['__make_list__', 'list'], ['__make_dict__', 'dict'], ['__make_set__', 'set'],
  ['__list_getitem__', 'list[i]'], ['__dict_getitem__', 'dict[key]'], ['__set_getitem__', 'set[i]'],
])

/** What an operation is called in a picture. Those that put collections together and take them apart have no name that says it. */
export function operationTitle({ name, op }: { readonly name: string; readonly op: string }): string {
  const title = BUILT_IN.get(op)
  return title !== undefined && name.startsWith(op) ? title : name
}
