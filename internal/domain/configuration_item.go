package domain

import "time"

// FieldConfirmedAt is set by whoever confirms an item, whatever source set it
// before.
const FieldConfirmedAt = "confirmedAt"

// ConfigurationItem is anything that must be controlled to deliver a service.
type ConfigurationItem struct {
	Record
	Description *string `graph:"description,set,text"`
	Class       Class   `graph:"class,required,filter,sort,set"`
	// ProductVersion is the version of the product itself; Version counts edits.
	ProductVersion *string     `graph:"productVersion,filter,sort,set"`
	Status         ItemStatus  `graph:"status,required,filter,sort,set"`
	Environment    Environment `graph:"environment,required,filter,sort,set"`
	// Criticality runs from 1 (hardly matters) to 5 (the business stops).
	Criticality *int    `graph:"criticality,filter,sort,set"`
	Owner       *string `graph:"owner,filter,sort,set,text"`
	Supplier    *string `graph:"supplier,filter,sort,set,text"`
	// Users counts the people who use the item directly.
	Users *int `graph:"users,filter,sort,set"`
	// ConfirmedAt is when a person or a discovery last found the item to be as
	// it stands here (C8). It belongs to no source (C6).
	ConfirmedAt *time.Time `graph:"confirmedAt,filter,sort,set"`
	// Attributes are stored as one property each, "attributes.<name>".
	Attributes map[string]string `graph:"attributes,filter,set,text"`
}

// Class is the class of a configuration item.
type Class string

// The classes.
const (
	Service                   Class = "SERVICE"
	Application               Class = "APPLICATION"
	Program                   Class = "PROGRAM"
	Database                  Class = "DATABASE"
	Utility                   Class = "UTILITY"
	SystemSoftware            Class = "SYSTEM_SOFTWARE"
	Firmware                  Class = "FIRMWARE"
	Server                    Class = "SERVER"
	NetworkDevice             Class = "NETWORK_DEVICE"
	Storage                   Class = "STORAGE"
	Workstation               Class = "WORKSTATION"
	Facility                  Class = "FACILITY"
	Document                  Class = "DOCUMENT"
	ServiceLevelAgreement     Class = "SERVICE_LEVEL_AGREEMENT"
	OperationalLevelAgreement Class = "OPERATIONAL_LEVEL_AGREEMENT"
	UnderpinningContract      Class = "UNDERPINNING_CONTRACT"
)

// Classes lists all classes, in the order of docs/domain.md.
var Classes = []Class{
	Service, Application, Program, Database, Utility, SystemSoftware, Firmware, Server, NetworkDevice,
	Storage, Workstation, Facility, Document, ServiceLevelAgreement, OperationalLevelAgreement, UnderpinningContract,
}

// Hardware reports whether items of the class are hardware, which is installed
// before the software that it hosts (P3).
func (c Class) Hardware() bool {
	switch c {
	case Server, NetworkDevice, Storage, Workstation, Facility:
		return true
	}
	return false
}

// ItemStatus is where a configuration item stands in its life.
type ItemStatus string

// The statuses of a configuration item.
const (
	ItemPlanned       ItemStatus = "PLANNED"
	ItemOrdered       ItemStatus = "ORDERED"
	ItemInDevelopment ItemStatus = "IN_DEVELOPMENT"
	ItemInTest        ItemStatus = "IN_TEST"
	ItemLive          ItemStatus = "LIVE"
	ItemWithdrawn     ItemStatus = "WITHDRAWN"
	ItemDisposed      ItemStatus = "DISPOSED"
)

// ItemStatuses lists all statuses in the order of an item's life.
var ItemStatuses = []ItemStatus{ItemPlanned, ItemOrdered, ItemInDevelopment, ItemInTest, ItemLive, ItemWithdrawn, ItemDisposed}

// Changeable reports whether a change can be about items of the status: what is
// withdrawn or disposed of is not changed any more.
func (s ItemStatus) Changeable() bool { return s != ItemWithdrawn && s != ItemDisposed }

// Environment is where an item runs.
type Environment string

// The environments.
const (
	Development Environment = "DEVELOPMENT"
	Test        Environment = "TEST"
	Acceptance  Environment = "ACCEPTANCE"
	Staging     Environment = "STAGING"
	Live        Environment = "LIVE"
)

// Environments lists all environments, in the order a release passes them.
var Environments = []Environment{Development, Test, Acceptance, Staging, Live}
