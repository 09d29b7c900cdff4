/** The five kinds: beasts, or plain endpoint names (`ENDPOINT_TYPE=BORING`). */
export type Kind = {
  readonly name: string;
  /** How much each beast of this kind adds to the danger level. */
  readonly danger: number;
  /** The probability that a requester action is a DELETE, 0 to 1. */
  readonly deleteProbability: number;
  /** Recording takes 0.5 to 1.5 s instead of 20 to 50 ms. */
  readonly slowToRecord: boolean;
};

export type Vocabulary = {
  /** The name of the label, span attribute and baggage entry for the kind. */
  readonly tag: 'beast' | 'endpoint';
  /** Nouns for the UI. */
  readonly noun: { readonly one: string; readonly many: string };
  readonly kinds: readonly Kind[];
};

const MYTHICAL: Vocabulary = {
  tag: 'beast',
  noun: { one: 'beast', many: 'beasts' },
  kinds: [
    { name: 'unicorn', danger: 1, deleteProbability: 0.1, slowToRecord: true },
    { name: 'manticore', danger: 6, deleteProbability: 0.3, slowToRecord: false },
    { name: 'illithid', danger: 9, deleteProbability: 0.4, slowToRecord: false },
    { name: 'owlbear', danger: 4, deleteProbability: 0.2, slowToRecord: false },
    { name: 'beholder', danger: 10, deleteProbability: 0.5, slowToRecord: true },
  ],
};

const BORING_NAMES = ['login', 'payment', 'account', 'cart', 'health'] as const;

const BORING: Vocabulary = {
  tag: 'endpoint',
  noun: { one: 'entry', many: 'entries' },
  kinds: MYTHICAL.kinds.map((kind, index) => ({ ...kind, name: BORING_NAMES[index]! })),
};

export const ENDPOINT_TYPES = ['MYTHICAL', 'BORING'] as const;
export type EndpointType = (typeof ENDPOINT_TYPES)[number];

export function vocabularyOf(endpointType: EndpointType): Vocabulary {
  return endpointType === 'BORING' ? BORING : MYTHICAL;
}

export function findKind(vocabulary: Vocabulary, name: string): Kind | undefined {
  return vocabulary.kinds.find((kind) => kind.name === name);
}
