// The example operations that the server brings, as the IDE's tabs.

/** Fetches the examples; without them the IDE is still of use. */
export async function loadExamples() {
  try {
    const answer = await fetch('/graphiql/examples.json');
    return answer.ok ? await answer.json() : [];
  } catch {
    return [];
  }
}

/**
 * What the address asks to be shown: `?example=impact`, or a query of its own
 * as `?query=…&variables=…`. Null when it asks for nothing.
 */
export function wanted(examples, search) {
  const asked = new URLSearchParams(search);
  if (asked.has('query')) {
    return { query: asked.get('query'), variables: asked.get('variables') ?? '' };
  }
  return examples.find(({ name }) => name === asked.get('example')) ?? null;
}

/**
 * Whether opening an operation may run it: one of the examples that reads. A
 * query out of an address, which anybody may have written, waits for a press.
 */
export function runsByItself(operation, examples) {
  return examples.includes(operation) && /^query\b/m.test(operation.query);
}

/** The tabs of a first visit: what was asked for comes first. */
export function tabs(examples, first) {
  const rest = examples.filter((example) => example !== first);
  return (first ? [first, ...rest] : rest).map(({ query, variables }) => ({ query, variables }));
}
