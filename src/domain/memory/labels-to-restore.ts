/** A block of an agent. */
export interface AttachedBlock {
  readonly agentId: string;
  readonly blockId: string;
  readonly label: string;
}

interface RelabelledBlock {
  readonly id: string;
  readonly label: string;
  readonly oldLabel: string | null;
}

/**
 * The labels of blocks that get their old ones again, by block. An agent has one block of a label: where it has another one of an old label by now, which does
 * not give it up itself, a block stays labelled as it is.
 */
export function labelsToRestore(blocks: readonly RelabelledBlock[], attached: readonly AttachedBlock[]): ReadonlyMap<string, string> {
  const present = new Map(blocks.map(block => [block.id, block.label]));
  const labels = new Map(blocks.map(block => [block.id, block.oldLabel ?? block.label]));
  const clashing = (): string | undefined => {
    const owners = new Map<string, string>();
    for (const { agentId, blockId, label } of attached) {
      const place = JSON.stringify([agentId, labels.get(blockId) ?? label]);
      const other = owners.get(place);
      const clash = other === undefined ? undefined : [blockId, other].find(id => labels.get(id) !== present.get(id));
      if (clash !== undefined) return clash;
      owners.set(place, blockId);
    }
    return undefined;
  };
  // Each round takes one old label back, and the present ones clash nowhere.
  for (let clash = clashing(); clash !== undefined; clash = clashing()) labels.set(clash, present.get(clash) ?? '');
  return labels;
}
