package apptest

import "releasegraph/internal/domain"

// ItemKind and SiteKind are the kinds that most tests write.
const ItemKind, SiteKind = domain.KindConfigurationItem, domain.KindSite
