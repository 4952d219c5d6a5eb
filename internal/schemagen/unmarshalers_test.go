package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const executor = `	opCtx := graphql.GetOperationContext(ctx)
	inputUnmarshalMap := graphql.BuildUnmarshalerMap(
		ec.unmarshalInputA,
		ec.unmarshalInputB,
	)
	first := true
			if first {
				ctx = graphql.WithUnmarshalerMap(ctx, inputUnmarshalMap)
				data = ec._Query(ctx)
		ctx = graphql.WithUnmarshalerMap(ctx, inputUnmarshalMap)
		data := ec._Mutation(ctx)
`

func TestNoOperationMakesAMapOfAllInputs(t *testing.T) {
	lean, err := leanExecutor([]byte(executor))
	require.NoError(t, err)
	require.Equal(t, `	opCtx := graphql.GetOperationContext(ctx)
	first := true
			if first {
				data = ec._Query(ctx)
		data := ec._Mutation(ctx)
`, string(lean))
	_, err = leanExecutor([]byte("func Exec() {}"))
	require.Error(t, err)
}
