/** A distinct stack, root first, with the total value of its samples. */
export type Stack = { frames: readonly string[]; value: number };

/** A frame of a flame graph. `value` includes its children, as d3-flame-graph expects. */
export type Frame = { name: string; value: number; children: Frame[] };

/** The path to the root. A constant, so that zooming out twice isn't a state change. */
export const UNZOOMED: string[] = [];

/** A function's resource usage: `self` excludes its callees, `total` includes them. */
type FunctionUse = { name: string; self: number; total: number };

/** Merges stacks into a tree below a frame named `rootName`, largest child first. */
export function mergeStacks(stacks: readonly Stack[], rootName: string): Frame {
  type Building = { frame: Frame; children: Map<string, Building> };
  const start = (name: string): Building => ({ frame: { name, value: 0, children: [] }, children: new Map() });
  const root = start(rootName);
  for (const { frames, value } of stacks) {
    let at = root;
    at.frame.value += value;
    for (const name of frames) {
      let child = at.children.get(name);
      if (child === undefined) {
        child = start(name);
        at.children.set(name, child);
        at.frame.children.push(child.frame);
      }
      child.frame.value += value;
      at = child;
    }
  }
  const pending = [root.frame];
  for (let frame = pending.pop(); frame !== undefined; frame = pending.pop()) {
    frame.children.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
    pending.push(...frame.children);
  }
  return root.frame;
}

/** Functions sorted by `self`. A recursive function counts once per stack. */
export function topFunctions(stacks: readonly Stack[]): FunctionUse[] {
  const uses = new Map<string, FunctionUse>();
  for (const { frames, value } of stacks) {
    for (const name of new Set(frames)) {
      const use = uses.get(name) ?? { name, self: 0, total: 0 };
      use.total += value;
      uses.set(name, use);
    }
    const leaf = frames.at(-1);
    if (leaf !== undefined) uses.get(leaf)!.self += value;
  }
  return [...uses.values()].sort((a, b) => b.self - a.self || b.total - a.total);
}
