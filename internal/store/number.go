package store

import "strconv"

// MaxDigits is the most digits of a text that counts as a number: a double
// holds so many exactly, so that all stores read the same number.
const MaxDigits = 15

// Number reads a text as a number: digits, with a sign and a fraction or
// without (-12, 2.50), MaxDigits of them at most. Nothing else is one: no
// exponent, no blank, no plus.
func Number(text string) (n float64, ok bool) {
	digits, point := 0, -1
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '-' && i == 0:
		case c == '.' && digits > 0 && point < 0:
			point = i
		default:
			return 0, false
		}
	}
	if digits == 0 || digits > MaxDigits || point == len(text)-1 {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// asNumber gives what a Compare reads of a property: where its operand is a
// number and the property a text, the number that the text is, nil for none.
func asNumber(v, operand any) any {
	text, isText := v.(string)
	if _, numeric := operand.(float64); !numeric || !isText {
		return v
	}
	if n, ok := Number(text); ok {
		return n
	}
	return nil
}
