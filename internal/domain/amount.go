package domain

import (
	"fmt"
	"regexp"

	"releasegraph/internal/period"
)

// amountText is a sum of money, to the ten-thousandth.
var amountText = regexp.MustCompile(`^\d{1,15}(\.\d{1,4})?$`)

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// CheckAmount says what is wrong with a sum of money.
func CheckAmount(s string) error {
	if !amountText.MatchString(s) {
		return fmt.Errorf("%q is no amount such as 1250.50", s)
	}
	return nil
}

// amount adds what is wrong with a sum of money and its currency.
func (es *Errors) amount(field string, amount *string, currencyField string, currency *string) {
	if amount != nil {
		es.wrong(field, CheckAmount(*amount))
	}
	if currency != nil && !currencyCode.MatchString(*currency) {
		es.wrong(currencyField, fmt.Errorf("%q is no ISO 4217 code such as EUR", *currency))
	}
	if amount != nil && currency == nil {
		es.wrong(currencyField, fmt.Errorf("is missing: %s is an amount of what?", field))
	}
}

// period adds what is wrong with a period of the calendar, if there is one: it is
// a day or more.
func (es *Errors) period(field string, text *string) {
	if text == nil {
		return
	}
	p, err := period.Parse(*text)
	if err == nil && (p.Zero() || p.Exact != 0) {
		err = fmt.Errorf("%q must be whole days or more, such as P14D or P1M", *text)
	}
	es.wrong(field, err)
}
