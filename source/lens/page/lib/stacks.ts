/** A distinct stack, root first, with the total value of its samples. */
export type Stack = { frames: readonly string[]; value: number };

/** A frame of a flame graph. `value` includes its children. */
export type Frame = { name: string; value: number; children: Frame[] };

/** The path to the root. A constant, so that zooming out twice isn't a state change. */
export const UNZOOMED: string[] = [];

/** A function's resource usage: `self` excludes its callees, `total` includes them. */
export type FunctionUse = { name: string; self: number; total: number };

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

/** Where a frame is drawn: its left edge and width are shares of the graph's width, its depth is the length of the path. */
export type Box = { frame: Frame; path: string[]; left: number; width: number };

/** Narrower frames are left out: they would be less than a pixel. */
const MIN_WIDTH = 1 / 1500;

/** Lays out the frame at the path `zoomed` and its callees in the whole width, below its callers. */
export function layoutFlames(root: Frame, zoomed: readonly string[]): Box[] {
  const boxes: Box[] = [];
  let top: Box = { frame: root, path: [], left: 0, width: 1 };
  for (const name of zoomed) {
    const next = top.frame.children.find((child) => child.name === name);
    if (next === undefined) break;
    boxes.push(top);
    top = { ...top, frame: next, path: [...top.path, name] };
  }
  const whole = top.frame.value;
  const waiting = [top];
  for (let box = waiting.pop(); box !== undefined; box = waiting.pop()) {
    boxes.push(box);
    let { left } = box;
    for (const frame of box.frame.children) {
      const width = frame.value / whole;
      if (width >= MIN_WIDTH) waiting.push({ frame, path: [...box.path, frame.name], left, width });
      left += width;
    }
  }
  return boxes;
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
