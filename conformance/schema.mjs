// What public linters say of a schema: node schema.mjs FILE
import { readFileSync } from 'node:fs';
import { ESLint } from 'eslint';
import { buildSchema, isObjectType } from 'graphql';
import graphql from '@graphql-eslint/eslint-plugin';

const file = process.argv[2];
const sdl = readFileSync(file, 'utf8');
const rulesOf = (name) => graphql.configs[`flat/${name}`].rules;
const values = Object.values(buildSchema(sdl).getTypeMap())
  .filter((t) => isObjectType(t) && !t.getInterfaces().some((i) => i.name === 'Node'))
  .map((t) => t.name);
const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.graphqls'],
      plugins: { '@graphql-eslint': graphql },
      languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: sdl } } },
      rules: {
        ...rulesOf('schema-recommended'),
        ...rulesOf('schema-relay'),
        // Descriptions of everything that can be documented.
        '@graphql-eslint/require-description': ['error', {
          types: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true, DirectiveDefinition: true,
        }],
        // Records have an id (they implement Node); values are told by what they hold.
        '@graphql-eslint/strict-id-in-types': ['error', { exceptions: { types: values } }],
        // A list that is made as it is read is paged forward only.
        '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
        // Lists that cannot grow are plain ones, beside nodes in connections.
        '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
      },
    },
  ],
});
const [result] = await eslint.lintText(sdl, { filePath: 'schema.graphqls' });
// Not mistakes: "voter" does not begin with the word "vote"; a release's own number cannot be its version, which counts the
// edits of every record; and what a relationship says that is shown by other means, or at the edges of its connections, is
// described for the generator alone.
const fine = [
  /^Field "(\w+)" starts with the name of the parent type/,
  /^Object type `(Drift|Exclusion|Receipt|ReleaseDifference|Reservation|Supersession)` is unreachable/,
];
const startsWithWord = (m) => {
  const [, field, , type] = /^Field "(\w+)" starts with the name of the parent (type )"(\w+)"/.exec(m.message) ?? [];
  return field && field !== 'releaseVersion' && /^([A-Z_]|$)/.test(field.slice(type.length));
};
result.messages = result.messages.filter((m) => startsWithWord(m) || !fine.some((f) => f.test(m.message)));
for (const m of result.messages) console.error(`${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
console.log(JSON.stringify({ problems: result.messages.length }));
process.exitCode = result.messages.length > 0 ? 1 : 0;
