//! Words, moments, numbers, documents, people and what they own and do.

use orm::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_word")]
pub struct Word {
    pub id: i64,
    #[field(max_length = 100)]
    pub text: String,
    #[field(max_length = 100)]
    pub note: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_event")]
pub struct Event {
    pub id: i64,
    #[field(max_length = 60)]
    pub name: String,
    pub at: Option<DateTime<Utc>>,
    pub day: NaiveDate,
    pub clock: Option<NaiveTime>,
    pub span: Option<Duration>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_number")]
pub struct Number {
    pub id: i64,
    #[field(max_length = 40)]
    pub label: String,
    pub i: i32,
    pub j: Option<i32>,
    pub f: Option<f64>,
    #[field(max_digits = 14, decimal_places = 4)]
    pub d: Option<Decimal>,
    #[field(default = 0)]
    pub big: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_document")]
pub struct Document {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub slug: String,
    pub token: Uuid,
    pub body: Option<serde_json::Value>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_person")]
pub struct Person {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
    pub born: Option<NaiveDate>,
    #[field(on_delete = set_null)]
    pub mentor: Option<ForeignKey<Self>>,
    #[reverse(Person::mentor)]
    pub mentees: HasMany<Person>,
    #[reverse(Passport::holder)]
    pub passport: HasOne<Passport>,
    #[reverse(Membership::person)]
    pub memberships: HasMany<Membership>,
    #[reverse(Membership::invited_by)]
    pub invitations: HasMany<Membership>,
    #[reverse(Team::lead)]
    pub led_teams: HasMany<Team>,
    #[reverse(Task::assignee)]
    pub tasks: HasMany<Task>,
    #[reverse(Task::reviewer)]
    pub reviews: HasMany<Task>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_passport")]
pub struct Passport {
    pub id: i64,
    #[field(max_length = 20)]
    pub number: String,
    #[field(on_delete = cascade)]
    pub holder: OneToOne<Person>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_team")]
pub struct Team {
    pub id: i64,
    #[field(max_length = 50)]
    pub name: String,
    #[field(on_delete = set_null)]
    pub lead: Option<ForeignKey<Person>>,
    #[reverse(Membership::team)]
    pub memberships: HasMany<Membership>,
    #[field(through = (Membership::team, Membership::person))]
    pub members: ManyToMany<Person>,
}

/// The link of `Team.members`, with columns of its own.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_membership", unique(fields = [team, person]))]
pub struct Membership {
    pub id: i64,
    #[field(max_length = 20)]
    pub role: String,
    pub joined: NaiveDate,
    #[field(on_delete = cascade)]
    pub team: ForeignKey<Team>,
    #[field(on_delete = cascade)]
    pub person: ForeignKey<Person>,
    #[field(on_delete = set_null)]
    pub invited_by: Option<ForeignKey<Person>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_folder")]
pub struct Folder {
    pub id: i64,
    #[field(max_length = 50)]
    pub name: String,
    #[field(on_delete = cascade)]
    pub parent: Option<ForeignKey<Self>>,
    #[reverse(Folder::parent)]
    pub children: HasMany<Folder>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_owner")]
pub struct Owner {
    pub id: i64,
    #[field(max_length = 50)]
    pub name: String,
    #[reverse(Asset::owner)]
    pub assets: HasMany<Asset>,
    #[reverse(Contract::owner)]
    pub contracts: HasMany<Contract>,
    #[reverse(Lease::owner)]
    pub leases: HasMany<Lease>,
    #[reverse(Subscription::owner)]
    pub subscriptions: HasMany<Subscription>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_asset")]
pub struct Asset {
    pub id: i64,
    #[field(max_length = 50)]
    pub label: String,
    #[field(on_delete = cascade)]
    pub owner: ForeignKey<Owner>,
    #[reverse(Ticket::asset)]
    pub tickets: HasMany<Ticket>,
    #[reverse(Lease::asset)]
    pub leases: HasMany<Lease>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_ticket")]
pub struct Ticket {
    pub id: i64,
    #[field(max_length = 50)]
    pub subject: String,
    #[field(on_delete = set_null)]
    pub asset: Option<ForeignKey<Asset>>,
}

/// Django's PROTECT: refused at once.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_contract")]
pub struct Contract {
    pub id: i64,
    #[field(max_length = 20)]
    pub number: String,
    #[field(on_delete = restrict)]
    pub owner: ForeignKey<Owner>,
}

/// Django's RESTRICT: refused unless the lease goes by the same deletion.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_lease")]
pub struct Lease {
    pub id: i64,
    #[field(max_length = 20)]
    pub number: String,
    #[field(on_delete = no_action)]
    pub asset: ForeignKey<Asset>,
    #[field(on_delete = cascade)]
    pub owner: ForeignKey<Owner>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_plan")]
pub struct Plan {
    pub id: i64,
    #[field(max_length = 20)]
    pub code: String,
    #[reverse(Subscription::plan)]
    pub subscriptions: HasMany<Subscription>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_subscription")]
pub struct Subscription {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub owner: ForeignKey<Owner>,
    #[field(on_delete = set_default, default = 1)]
    pub plan: ForeignKey<Plan>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_setting", unique(fields = [scope, key]))]
pub struct Setting {
    pub id: i64,
    #[field(max_length = 20)]
    pub scope: String,
    #[field(max_length = 20)]
    pub key: String,
    #[field(max_length = 50)]
    pub value: Option<String>,
    #[field(default = 0)]
    pub hits: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_label")]
pub struct Label {
    pub id: i64,
    #[field(max_length = 20, unique)]
    pub name: String,
    #[reverse(Task::labels)]
    pub tasks: ManyToMany<Task>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lab_task", ordering = [-priority, title])]
pub struct Task {
    pub id: i64,
    #[field(max_length = 60)]
    pub title: String,
    #[field(max_length = 10, default = "todo")]
    pub state: String,
    #[field(default = 0)]
    pub priority: i32,
    pub estimate: Option<i32>,
    pub due: Option<NaiveDate>,
    pub urgent: Option<bool>,
    #[field(on_delete = set_null)]
    pub assignee: Option<ForeignKey<Person>>,
    #[field(on_delete = set_null)]
    pub reviewer: Option<ForeignKey<Person>>,
    pub labels: ManyToMany<Label>,
}
