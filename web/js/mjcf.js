// Models that a person drops: the MJCF files of one drop make one model.

/** isModel tells whether a file is MJCF by its name. */
export const isModel = (name) => /\.(xml|mjcf)$/i.test(name);

const INCLUDE = /<include\b[^>]*?\bfile\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * modelOf joins files [{name, bytes}] to {name, files}: it begins with the one that no other includes. An include that
 * names a folder finds its file by its last part. It throws an Error that says what is wrong.
 */
export function modelOf(list) {
  const files = {};
  for (const { name, bytes } of list) {
    let text;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw new Error(`${name} is not text`);
    }
    if (!/<mujoco/.test(text)) throw new Error(`${name} has no element mujoco: it is not MJCF`);
    files[name] = text;
  }
  const included = new Set();
  for (const text of Object.values(files)) {
    for (const match of text.matchAll(INCLUDE)) {
      const path = match[1] ?? match[2];
      const base = path.split('/').pop();
      if (!(base in files)) throw new Error(`${path} is included, but was not dropped with it`);
      files[path] = files[base];
      included.add(base);
    }
  }
  const roots = list.map((f) => f.name).filter((name) => !included.has(name));
  if (roots.length === 0) throw new Error('each file includes another: none is the first');
  if (roots.length > 1) throw new Error(`${roots.join(' and ')} are models of their own; drop one, with what it includes`);
  return { name: roots[0], files };
}
