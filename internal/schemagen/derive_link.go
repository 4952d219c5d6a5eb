package main

import (
	"releasegraph/internal/entity"
)

// connectionName names the connection by which a relationship, or with nil a
// plain list, leads to a kind. Links without properties share the list's.
func connectionName(target string, r *entity.Relationship) string {
	return edgeStem(target, r) + "Connection"
}

func edgeStem(target string, r *entity.Relationship) string {
	if r == nil || r.GoType == nil {
		return target
	}
	return target + r.Noun
}

// connection derives a connection and its edge.
func (w *deriver) connection(s *sdl, target string, r *entity.Relationship) {
	stem, plural := edgeStem(target, r), words(w.d.kind(target).Plural)
	if !w.first(stem + "Connection") {
		return
	}
	s.open("A page of "+plural+".", "type "+stem+"Connection")
	s.line("The records, each with its cursor and, by a relationship, with what that says.", "edges: ["+stem+"Edge!]!")
	s.line("The records alone.", "nodes: ["+target+"!]!")
	s.line("Where the page lies in the list.", "pageInfo: PageInfo!")
	s.line("How many there are on all pages together; counted only when asked.", "totalCount: Int!")
	s.close()
	s.open("One of a page of "+plural+".", "type "+stem+"Edge")
	s.line("The record.", "node: "+target+"!")
	s.line("Marks its place in the list.", "cursor: String!")
	if r != nil && r.GoType != nil {
		for _, f := range w.doc.types[r.GoType.Name()].Fields {
			s.line(f.Description, f.Name+": "+f.Type.String())
		}
		w.edge(stem, target, r)
		w.persons(stem+"Edge", r.Properties)
		w.persons(r.GoType.Name(), r.Properties)
	} else {
		w.alias(stem+"Edge", "Edge[domain."+target+"]")
	}
	s.close()
	w.alias(stem+"Connection", "Connection[domain."+target+", "+stem+"Edge]")
}

// relationship derives what joins and parts two records.
func (w *deriver) relationship(r *entity.Relationship) {
	s := w.at(r.From)
	w.connection(s, r.To, r)
	if r.Inverse != "" {
		w.connection(s, r.From, r)
	}
	if r.ByVerbs {
		return
	}
	connect, part := "connect"+r.Noun, "disconnect"+r.Noun
	from, to, noun := a(words(r.From)), a(words(r.To)), a(words(r.Noun))
	if from == to {
		to = "another"
	}
	if !w.doc.has("Mutation", connect) {
		s.extend("type Mutation")
		s.call("Joins "+from+" to "+to+" by "+noun+" ("+r.Field+"), or changes the one there is.",
			connect, r.Noun+"Payload", inputArguments("Connect"+r.Noun+"Input")...)
		s.call("Parts "+from+" from "+to+" that "+noun+" joins.",
			part, r.Noun+"Payload", inputArguments("Disconnect"+r.Noun+"Input")...)
		s.close()
		w.resolvers["Mutation."+connect] = connectBody("Connect", r)
		w.resolvers["Mutation."+part] = connectBody("Disconnect", r)
	}
	w.linkInputs(s, r)
	w.linkPayload(s, r)
}

func (w *deriver) linkInputs(s *sdl, r *entity.Relationship) {
	if name := "Connect" + r.Noun + "Input"; w.first(name) {
		s.open("Which records to join, and what to say of it.", "input "+name)
		linkEnds(s, r)
		if r.GoType != nil {
			w.givable(s, r.GoType.Name(), r.Properties, linkDefaults(r), true)
		}
		s.close()
	}
	if name := "Disconnect" + r.Noun + "Input"; w.first(name) {
		s.open("Which records to part.", "input "+name)
		linkEnds(s, r)
		for _, p := range r.Properties {
			if p.Identity {
				s.line(w.fieldDoc(r.GoType.Name(), p.Name)+" Needed only where several join the two.", p.Name+": "+w.bareType(r.GoType.Name(), p.Name))
			}
		}
		s.close()
	}
}

func linkEnds(s *sdl, r *entity.Relationship) {
	s.line("The "+words(r.From)+" where it starts.", "from: RecordRef!")
	s.line("The "+words(r.To)+" where it ends.", "to: RecordRef!")
}

func (w *deriver) linkPayload(s *sdl, r *entity.Relationship) {
	name := r.Noun + "Payload"
	if !w.first(name) {
		return
	}
	s.open("What joining or parting two records did, or with a dry run would do.", "type "+name)
	s.line("The "+words(r.From)+" where it starts.", "from: "+r.From+"!")
	s.line("The "+words(r.To)+" where it ends.", "to: "+r.To+"!")
	properties := "NoLink"
	if r.GoType != nil {
		s.line("What it says; after a parting, what it said.", lowerFirst(r.Noun)+": "+r.Noun)
		w.renamed[name+"."+lowerFirst(r.Noun)] = "Link"
		properties = "domain." + r.GoType.Name()
	}
	outcome(s)
	s.close()
	w.alias(name, "LinkPayload[domain."+r.From+", domain."+r.To+", "+properties+"]")
}
