import type { GraphNode, Value } from "./value.ts";

/** The nodes from which the values are computed, each after those that it needs; without recursion, for deep graphs. */
export function nodesBehind(values: readonly Value[]): readonly GraphNode[] {
  const order: GraphNode[] = [];
  const seen = new Set<GraphNode>();
  const stack: { readonly node: GraphNode; next: number }[] = [];
  const enter = (value: Value | null) => {
    if (value?.origin.kind !== "node" || seen.has(value.origin.node)) return;
    seen.add(value.origin.node);
    stack.push({ node: value.origin.node, next: 0 });
  };
  for (const value of values) {
    enter(value);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.next < top.node.inputs.length) {
        enter(top.node.inputs[top.next++]);
      } else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
