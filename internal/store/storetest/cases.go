package storetest

var allCases = [][]testCase{}
