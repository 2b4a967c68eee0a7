package catalog

import "slices"

// An ability is made for one user; the builder's own can and cannot state rules.
var (
	caslDemands = []string{"0", "1"}
	caslCan     = []Outcome{{Shape: "true", Proves: &Proof{Kind: Permission, Demands: caslDemands}}, gives("false")}
	caslCannot  = []Outcome{{Shape: "false", Proves: &Proof{Kind: Permission, Demands: caslDemands}}, gives("true")}
	caslThrows  = []Outcome{{Shape: "undefined", Proves: &Proof{Kind: Permission, Demands: caslDemands}}, throws()}
)

var _ = register(Library{
	Name:        "CASL",
	Source:      "https://casl.js.org/v6/en/api/casl-ability",
	Packages:    []string{"@casl/ability"},
	Distinctive: []string{"AbilityBuilder", "defineAbility"},
	Meanings: slices.Concat(
		each(Meaning{Outcomes: caslCan}, caslAbilities("can()")...),
		each(Meaning{Outcomes: caslCannot}, caslAbilities("cannot()")...),
		each(Meaning{Outcomes: caslThrows}, "ForbiddenError.from().throwUnlessCan()", "ForbiddenError.from().setMessage().throwUnlessCan()"),
		[]Meaning{{Path: "subject()", Same: "1"}},
		quiet("**"),
	),
})

func caslAbilities(path string) []string {
	return []string{
		"createMongoAbility()." + path, "AbilityBuilder.new().build()." + path, "defineAbility()." + path, "Ability.new()." + path,
		"PureAbility.new()." + path,
	}
}

var _ = register(Library{
	Name:     "CASL adapters",
	Source:   "https://casl.js.org/v6/en/package/casl-prisma",
	Packages: []string{"@casl/prisma", "@casl/react", "@casl/mongoose"},
	Meanings: slices.Concat(
		each(Meaning{Outcomes: caslCan}, "createPrismaAbility().can()"),
		each(Meaning{Outcomes: caslCannot}, "createPrismaAbility().cannot()"),
		quiet("**"),
	),
})
