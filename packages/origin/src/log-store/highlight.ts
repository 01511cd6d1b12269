import { type Highlight, parseSearch, placedWordsOf, type SearchNode, type TextNode } from '@pilotlight/contracts';

/** A message of one word a thousand times has at most this many ranges. */
const MAX_RANGES = 100;

/**
 * Returns a function that finds the ranges of a message that a text query names: its words and phrases, unless they are excluded.
 * The words come from the one rule that writers and queries use, so every store gives the same ranges.
 *
 * @throws SearchSyntaxError
 */
export function highlighterOf(q: string): (message: string) => Highlight[] {
  const tree = parseSearch(q);
  const phrases = tree === null ? [] : phrasesOf(tree, false);
  if (phrases.length === 0) return () => [];
  const prefixes = phrases.filter(({ words, isPrefix }) => isPrefix && words.length === 1);
  const byFirst = Map.groupBy(phrases, ({ words }) => words[0] ?? '');
  return (message) => {
    const words = placedWordsOf(message);
    const ranges: Highlight[] = [];
    for (const [at, { word, start }] of words.entries()) {
      const begun = [...(byFirst.get(word) ?? []), ...prefixes.filter((each) => word.startsWith(each.words[0] ?? ''))];
      const lengths = begun.filter((phrase) => isAt(phrase, words, at)).map((phrase) => phrase.words.length);
      if (lengths.length === 0) continue;
      addRange(ranges, start, words[at + Math.max(...lengths) - 1]?.end ?? start);
      if (ranges.length > MAX_RANGES) return ranges.slice(0, MAX_RANGES);
    }
    return ranges;
  };
}

function phrasesOf(node: SearchNode, isExcluded: boolean): TextNode[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.flatMap((inner) => phrasesOf(inner, isExcluded));
    case 'not':
      return phrasesOf(node.node, !isExcluded);
    case 'text':
      return isExcluded ? [] : [node];
    case 'level':
    case 'column':
      return [];
    default:
      return node satisfies never;
  }
}

function isAt({ words, isPrefix }: TextNode, found: readonly { word: string }[], at: number): boolean {
  return words.every((word, index) => {
    const other = found[at + index]?.word ?? '';
    return isPrefix && index === words.length - 1 ? other.startsWith(word) : other === word;
  });
}

/** Adds a range that begins behind the others; it extends the last one if they touch. */
function addRange(ranges: Highlight[], start: number, end: number): void {
  const last = ranges.at(-1);
  if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
  else ranges.push([start, end]);
}
