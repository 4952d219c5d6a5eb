package domain

// HardwareSpare is stock of one model at one place of the hardware store (L4).
type HardwareSpare struct {
	Record
	Model string `graph:"model,required,filter,sort,set,text"`
	// AssetTag labels a single piece.
	AssetTag *string `graph:"assetTag,unique,filter,sort,set,text"`
	// Quantity is how many there are; it changes by deliveries and returns.
	Quantity int `graph:"quantity,filter,sort,import"`
	// Reserved is how many of them are reserved: the sum over RESERVED_FOR.
	Reserved int `graph:"reserved,filter,sort,import,derived"`
}

// Free is how many are not reserved.
func (s *HardwareSpare) Free() int { return s.Quantity - s.Reserved }

// Check tells what is wrong with the stock.
func (s *HardwareSpare) Check() Errors {
	es := s.Record.Check()
	es.within("quantity", &s.Quantity, 0, MaxCount)
	if s.AssetTag != nil && s.Quantity > 1 {
		es.rule("L4", "quantity", "must be 1 or 0 of a single piece, which its asset tag labels")
	}
	return es
}

// Reservation is what RESERVED_FOR says: how many are kept for a release.
type Reservation struct {
	Quantity int `graph:"quantity,filter,set"`
}

// Check tells what is wrong with the reservation.
func (r *Reservation) Check() Errors {
	var es Errors
	es.within("quantity", &r.Quantity, 1, MaxCount)
	return es
}
