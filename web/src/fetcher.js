// How the IDE sends operations: subscriptions over a socket, which is opened
// with the first of them.

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';

const wsClient = createClient({ url: new URL('/graphql', location.href).href.replace(/^http/, 'ws') });
const send = createGraphiQLFetcher({ url: '/graphql', wsClient });

/** Sends what stands in the editor. */
export function fetcher(params, options) {
  const documentAST = parsed(params.query);
  if (!documentAST) {
    return send(params, options); // The server explains what is wrong.
  }
  return send({ ...params, operationName: nameIn(documentAST, params.operationName) }, { ...options, documentAST });
}

function parsed(query) {
  try {
    return parse(query);
  } catch {
    return null;
  }
}

/**
 * The name of the operation to run. GraphiQL reads a tab a moment after it is
 * shown; pressed before, it names the operation of the tab before.
 */
function nameIn({ definitions }, asked) {
  const names = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).map(({ name }) => name?.value);
  return names.length > 1 ? asked : names[0];
}
