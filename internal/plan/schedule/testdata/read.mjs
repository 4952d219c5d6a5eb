// Reads an iCalendar file from stdin with ical.js, whose package is named by the
// first argument, and prints its events as JSON.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const { default: ICAL } = await import(pathToFileURL(process.argv[2]).href)
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')))
for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
const events = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component)
  return {
    uid: event.uid, summary: event.summary, description: event.description, location: event.location,
    from: event.startDate.toJSDate().toISOString(), to: event.endDate.toJSDate().toISOString(), zone: event.startDate.zone.tzid,
    status: component.getFirstPropertyValue('status'), sequence: event.sequence,
    categories: component.getAllProperties('categories').map((p) => p.getFirstValue()),
  }
})
console.log(JSON.stringify({
  version: calendar.getFirstPropertyValue('version'), method: calendar.getFirstPropertyValue('method'),
  name: calendar.getFirstPropertyValue('x-wr-calname'), events,
}))
