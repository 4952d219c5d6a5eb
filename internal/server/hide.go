package server

import (
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// hide keeps from strangers what the configuration hides.
func hide(h *handler.Server, c Config) {
	if !c.HideSchema {
		h.Use(extension.Introspection{})
	}
	if c.HideSuggestions {
		h.SetDisableSuggestion(true)
		h.SetValidationRulesFn(rulesWithoutSuggestions)
	}
}

// rulesWithoutSuggestions are the rules of validation that name nothing that
// the request has not named; gqlgen itself exchanges only some of them.
func rulesWithoutSuggestions() *rules.Rules {
	list := rules.NewDefaultRules()
	list.RemoveRule(rules.KnownArgumentNamesRule.Name)
	list.RemoveRule(rules.KnownTypeNamesRule.Name)
	list.RemoveRule(rules.ValuesOfCorrectTypeRule.Name)
	list.AddRule(rules.KnownArgumentNamesRuleWithoutSuggestions.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	list.AddRule(rules.KnownTypeNamesRuleWithoutSuggestions.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	list.AddRule(rules.ValuesOfCorrectTypeRuleWithoutSuggestions.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	return list
}
