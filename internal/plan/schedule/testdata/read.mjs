// Reads iCalendar files with ical.js, whose package is named by the first
// argument: each line of stdin is a file as a JSON string, and each line of
// stdout what it holds, as JSON.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const { default: ICAL } = await import(pathToFileURL(process.argv[2]).href)

function read(file) {
  const calendar = new ICAL.Component(ICAL.parse(file))
  ICAL.TimezoneService.reset()
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
  return {
    version: calendar.getFirstPropertyValue('version'), method: calendar.getFirstPropertyValue('method'),
    name: calendar.getFirstPropertyValue('x-wr-calname'), events,
  }
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(read(JSON.parse(line))))
