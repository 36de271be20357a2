#include "ui/paramform.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpressionValidator>

#include <algorithm>

namespace restream {

ParamForm::ParamForm(QWidget *parent) : QWidget(parent), m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    hide();
}

void ParamForm::setParams(const QMap<QString, ParamDefinition> &definitions)
{
    m_fields.clear();
    m_lastInput = nullptr;
    if (m_fieldsBox) {
        m_fieldsBox->hide();
        m_fieldsBox->deleteLater();
    }
    m_fieldsBox = new QWidget(this);
    auto *row = new QHBoxLayout(m_fieldsBox);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    bool anyLine = false;
    for (auto definition = definitions.begin(); definition != definitions.end(); ++definition) {
        Field field = makeField(definition.key(), *definition);
        // No mnemonic: names come from definitions, and would take each other's.
        auto *label = new QLabel(QString(definition.key()).replace(u'&', u"&&"_qs));
        label->setBuddy(field.widget);
        row->addWidget(label);
        row->addWidget(field.widget);
        row->addSpacing(8);
        anyLine = anyLine || definition->enumValues.isEmpty();
        m_lastInput = field.widget;
        m_fields.push_back(std::move(field));
    }
    if (anyLine) {
        auto *show = new QPushButton(u"Sho&w"_qs);
        connect(show, &QPushButton::clicked, this, &ParamForm::submitted);
        row->addWidget(show);
        m_lastInput = show;
    }
    row->addStretch(1);
    m_layout->addWidget(m_fieldsBox);
    setVisible(!m_fields.empty());
}

ParamForm::Field ParamForm::makeField(const QString &name, const ParamDefinition &definition)
{
    Field field { name, definition, nullptr, {} };
    if (!definition.enumValues.isEmpty()) {
        auto *choice = new QComboBox;
        if (!definition.required && !definition.defaultValue)
            choice->addItem(u"(none)"_qs, QString());
        for (const QString &value : definition.enumValues)
            choice->addItem(value, value);
        choice->setCurrentIndex(
            std::max(0, choice->findData(definition.defaultValue.value_or(QString()))));
        connect(choice, &QComboBox::activated, this, &ParamForm::submitted);
        field.value = [choice] { return choice->currentData().toString(); };
        field.widget = choice;
    } else {
        auto *line = new QLineEdit(definition.defaultValue.value_or(QString()));
        line->setPlaceholderText(definition.required ? u"required"_qs : u"optional"_qs);
        line->setClearButtonEnabled(true);
        line->setMinimumWidth(150);
        if (definition.pattern) {
            const QRegularExpression form(QRegularExpression::anchoredPattern(*definition.pattern));
            line->setValidator(new QRegularExpressionValidator(form, line));
        }
        connect(line, &QLineEdit::returnPressed, this, &ParamForm::submitted);
        field.value = [line] { return line->text(); };
        field.widget = line;
    }
    field.widget->setToolTip(definition.description);
    field.widget->setAccessibleName(name);
    field.widget->setAccessibleDescription(definition.description);
    field.widget->setObjectName(u"param:"_qs % name);
    return field;
}

Params ParamForm::params() const
{
    Params params;
    for (const Field &field : m_fields) {
        if (const QString value = field.value(); !value.isEmpty())
            params.insert(field.name, value);
    }
    return params;
}

bool ParamForm::isComplete() const
{
    return std::all_of(m_fields.begin(), m_fields.end(), [](const Field &field) {
        return !field.definition.required || !field.value().isEmpty();
    });
}

void ParamForm::focusFirstEmpty()
{
    for (const Field &field : m_fields) {
        if (field.value().isEmpty()) {
            field.widget->setFocus();
            return;
        }
    }
}

}
