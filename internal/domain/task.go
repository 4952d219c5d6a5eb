package domain

import "time"

// Task is something to prepare before a change may go on (R12).
type Task struct {
	Record
	Description *string  `graph:"description,set,text"`
	Kind        TaskKind `graph:"kind,required,filter,sort,set"`
	// Owner is the name of who does it.
	Owner *string    `graph:"owner,filter,sort,set,text,person"`
	Due   *time.Time `graph:"due,filter,sort,set"`
	Done  bool       `graph:"done,filter,sort,set"`
}

// OwnerPerson is who does the task.
func (t *Task) OwnerPerson() *Person { return maybePersonOf(t, t.Owner) }

// TaskKind says what sort of preparation a task is (R12).
type TaskKind string

// The kinds of task.
const (
	TaskPurchase      TaskKind = "PURCHASE"
	TaskResource      TaskKind = "RESOURCE"
	TaskTraining      TaskKind = "TRAINING"
	TaskCommunication TaskKind = "COMMUNICATION"
	TaskMeeting       TaskKind = "MEETING"
	TaskQualityPlan   TaskKind = "QUALITY_PLAN"
	TaskEnvironment   TaskKind = "ENVIRONMENT"
	TaskOther         TaskKind = "OTHER"
)

// TaskKinds lists all kinds of task.
var TaskKinds = []TaskKind{
	TaskPurchase, TaskResource, TaskTraining, TaskCommunication, TaskMeeting, TaskQualityPlan, TaskEnvironment, TaskOther,
}
